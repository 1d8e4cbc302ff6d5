/** What the login in WeChat Work has put behind the `#` of our address. */

/** Why nobody is logged in; there is a sentence for each. */
export const LOGIN_TROUBLES = ["broken", "outside", "unavailable"] as const;
export type LoginTrouble = (typeof LOGIN_TROUBLES)[number];

export interface Arrival {
  /** Who has logged in just now. */
  token: string | null;
  trouble: LoginTrouble | null;
}

/** Read what is there and take it out of the address bar and the history, so that it is nowhere to be copied from. */
export function takeArrival(): Arrival {
  const [, name, value = ""] = /^#(identity|login)=(.*)$/.exec(location.hash) ?? [];
  if (name === undefined) return { token: null, trouble: null };
  history.replaceState(null, "", location.pathname + location.search);
  if (name === "identity") return { token: value === "" ? null : value, trouble: null };
  return { token: null, trouble: LOGIN_TROUBLES.find((trouble) => trouble === value) ?? "broken" };
}
