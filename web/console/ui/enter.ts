/** Whether a key press means “send”: Enter alone, and not the Enter that chooses a word in an IME. */
export function sends(event: KeyboardEvent): boolean {
  // Safari ends the composition before it reports the Enter that ended it; there only the old key code 229 tells.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const composing = event.isComposing || event.keyCode === 229;
  return event.key === "Enter" && !event.shiftKey && !composing;
}
