/** Making elements without markup, which a host page's Trusted Types would refuse. */

const SVG = "http://www.w3.org/2000/svg";

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string>,
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A line drawing; always decoration. */
export function icon(className: string, path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", "6 6 28 28");
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}

/**
 * Put styles into a shadow root. A constructed sheet is let through by every Content-Security-Policy; browsers
 * without it (Safari before 16.4) get a style element, which a strict policy may refuse.
 */
export function addStyles(root: ShadowRoot, css: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(element("style", {}, [css]));
  }
}
