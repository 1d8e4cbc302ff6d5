/** The login in WeChat Work: a page inside it that does not know who is asking goes and finds out. */
import type { Box } from "./box";
import type { IdentitySource } from "./identity";

const BEGUN = "ua.login";
/** A login that has led to no identity is not begun anew for so long: it would go round in a circle. */
const AGAIN_MS = 60_000;
/** The page is left at once; where it is not, the person asks as a visitor. */
const LEAVING_MS = 15_000;

export interface LoginDeps {
  /** The token with which the page was opened, null without one. */
  token: string | null;
  /** Whether a login has just failed. */
  failed: boolean;
  /** Whether the page stands inside WeChat Work. */
  inside: boolean;
  /** Of this tab. */
  box: Box;
  /** Whether this service has a login. */
  offered: () => Promise<boolean>;
  /** Leave the page for the login, which comes back to it. */
  go: () => void;
}

export class WecomLogin implements IdentitySource {
  #failed: boolean;

  constructor(private readonly deps: LoginDeps) {
    this.#failed = deps.failed;
  }

  async token({ fresh }: { fresh: boolean }): Promise<string | null> {
    const { token, inside, box, offered, go } = this.deps;
    if (token !== null && !fresh) return token;
    if (!inside || this.#failed || this.#justBegun() || !(await offered())) return null;
    this.#failed = true;
    box.set(BEGUN, String(Date.now()));
    go();
    return new Promise((resolve) => setTimeout(() => resolve(null), LEAVING_MS));
  }

  #justBegun(): boolean {
    const begun = Number(this.deps.box.get(BEGUN) ?? 0);
    return Date.now() - begun < AGAIN_MS;
  }
}

/** Whether a browser's own name says that it is the one inside WeChat Work. */
export function isInsideWecom(userAgent: string): boolean {
  return /\bwxwork\//i.test(userAgent);
}
