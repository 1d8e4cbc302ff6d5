/** Putting the receipt code on the clipboard, also on plain-http intranet pages, where there is no Clipboard API. */

/** Copy `text`, which stands in `shown`; false when the browser did not let us. */
export async function copy(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const selection = getSelection();
    selection?.selectAllChildren(shown);
    // The only way left where the page is not secure.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return document.execCommand("copy");
  }
}
