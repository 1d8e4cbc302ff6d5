/**
 * A native modal dialog: the browser keeps the focus inside, closes on Esc, and gives the focus back afterwards.
 * Pressing beside the dialog closes it as well.
 */
import { onBeforeUnmount, onMounted, type Ref } from "vue";

export function useModal(dialog: Ref<HTMLDialogElement | null>, close: () => void) {
  let opener: Element | null = null;

  onMounted(() => {
    const root = dialog.value?.getRootNode();
    opener = root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
    dialog.value?.showModal();
  });
  onBeforeUnmount(() => {
    dialog.value?.close();
    if (opener instanceof HTMLElement) opener.focus();
  });

  return {
    onCancel: (event: Event): void => {
      event.preventDefault();
      close();
    },
    onPointerdown: (event: PointerEvent): void => {
      if (event.target === dialog.value) close();
    },
  };
}
