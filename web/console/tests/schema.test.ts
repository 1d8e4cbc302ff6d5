// @vitest-environment node
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { expect, test } from "vitest";

import openapi from "../api/openapi.json?raw";
import schema from "../api/schema.ts?raw";

test("schema.ts is what `npm run api` makes of openapi.json", async () => {
  expect(COMMENT_HEADER + astToString(await openapiTS(openapi))).toBe(schema);
});
