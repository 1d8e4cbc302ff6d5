/** Who is logged in, as the portal tells it: a token, or a function that fetches one. Kept in memory only. */

export type Provider = string | (() => string | null | Promise<string | null>);

export class Identity {
  #provider: Provider | null = null;

  set(provider: Provider | null): void {
    this.#provider = provider;
  }

  /** The portal's token for now; null when nobody is logged in, or the portal cannot say who. */
  async token(): Promise<string | null> {
    const provider = this.#provider;
    try {
      const token: unknown = typeof provider === "function" ? await provider() : provider;
      return typeof token === "string" && token !== "" ? token : null;
    } catch {
      // The portal's own trouble, which it reports itself; the employee can ask as a visitor.
      return null;
    }
  }
}
