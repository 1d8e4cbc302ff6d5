/** Names for what the generated schema calls `components["schemas"][…]`; nothing here repeats a shape. */
import type { components, operations } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Role = Me["grants"][number]["role"];
export type Queue = Schemas["Queue"];
export type QueueItem = Schemas["QueueItem"];
export type Conversation = Schemas["DeskConversation"];
export type Handover = Conversation["handovers"][number];
export type Attachment = Schemas["AttachmentView"];
export type Message = Schemas["DeskMessage"];
export type Delivery = Schemas["MessageDelivery"];
export type Citation = Schemas["Citation"];
export type Source = Schemas["SourceView"];
export type Person = Schemas["PersonView"];
export type Colleague = Schemas["StaffName"];
export type TicketRow = Schemas["TicketRow"];
export type Ticket = Schemas["TicketView"];
export type TicketState = TicketRow["state"];
export type TicketStep = Ticket["history"][number];
export type TicketQuery = NonNullable<operations["tickets_api_v1_desk_tickets_get"]["parameters"]["query"]>;
export type Activity = Schemas["Activity"];
export type ActivityBody = Schemas["ActivityBody"];
export type Signup = Schemas["Signup"];
export type Slot = Schemas["Slot"];
export type SlotBody = Schemas["SlotBody"];
export type ReportRow = Schemas["DeskReportRow"];
export type Report = Schemas["DeskReport"];
export type Organisation = Schemas["UnitView"];

/** Any frame of the live stream. */
export type Frame = Schemas["DeskFrame"]["frame"];
