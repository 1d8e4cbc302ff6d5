/** Who is logged in, and what this person may use. */
import { reactive } from "vue";

import type { DeskApi } from "../api/client";
import { ApiError, sentence } from "../api/errors";
import type { Me, Role } from "../api/types";

/** starting: not known yet. failed: the server could not be asked. out: nobody. in: somebody. */
export type Phase = "starting" | "failed" | "out" | "in";

export interface SessionView {
  phase: Phase;
  me: Me | null;
  trouble: string | null;
  /** The session ended by itself, not by logging out. */
  expired: boolean;
}

export type Section = "queue" | "tickets" | "activities" | "slots" | "reports";

/** Which roles see a section; the server decides about every single thing again. */
const SECTIONS: Record<Section, readonly Role[]> = {
  queue: ["officer", "supervisor", "adviser", "counsellor", "mediator", "confidant", "on_call"],
  tickets: ["officer", "supervisor", "adviser", "counsellor", "mediator", "confidant"],
  activities: ["officer", "supervisor"],
  slots: ["adviser", "counsellor"],
  reports: ["confidant"],
};

/** The sections somebody with these grants may use, in the order of the navigation. */
export function sections(me: Me | null): Section[] {
  const held = new Set(me?.grants.map((grant) => grant.role));
  return (Object.keys(SECTIONS) as Section[]).filter((section) => SECTIONS[section].some((role) => held.has(role)));
}

export class Session {
  readonly view = reactive<SessionView>({ phase: "starting", me: null, trouble: null, expired: false });

  constructor(private readonly api: DeskApi, private readonly on: { begun: (me: Me) => void; ended: (how: { expired: boolean }) => void }) {}

  /** Find out whether the browser still has a session. */
  async start(): Promise<void> {
    this.view.phase = "starting";
    try {
      this.#begin(await this.api.me());
    } catch (error) {
      if (error instanceof ApiError && error.loggedOut) {
        Object.assign(this.view, { phase: "out", me: null });
        this.on.ended({ expired: true });
      } else Object.assign(this.view, { phase: "failed", trouble: sentence(error) });
    }
  }

  async login(login: string, password: string): Promise<void> {
    this.#begin(await this.api.login(login, password));
  }

  async logout(): Promise<void> {
    try {
      await this.api.logout();
    } catch (error) {
      if (!(error instanceof ApiError && error.loggedOut)) throw error;
    }
    this.#end({ expired: false });
  }

  /** The server no longer knows the session. */
  lost(): void {
    if (this.view.phase === "in") this.#end({ expired: true });
  }

  #begin(me: Me): void {
    Object.assign(this.view, { phase: "in", me, trouble: null, expired: false });
    this.on.begun(me);
  }

  #end({ expired }: { expired: boolean }): void {
    Object.assign(this.view, { phase: "out", me: null, expired });
    this.on.ended({ expired });
  }
}
