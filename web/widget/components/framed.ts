/** The chat inside a portal's page: when it begins, who it talks to, and what it tells the portal. */
import { computed, onBeforeUnmount, onMounted, type Ref, ref, watch } from "vue";

import { anyFramed } from "../conversation/memory";
import type { Box } from "../conversation/box";
import type { Conversation } from "../conversation/conversation";
import { Portal, type PortalListener } from "../conversation/portal";
import { unread } from "../conversation/timeline";
import type { ChatView } from "../conversation/view";

export interface Framed {
  portal: Portal;
  /** Whether a page is there that can put the chat away. */
  closable: Ref<boolean>;
  /** Whether it is not put away now. */
  shown: Ref<boolean>;
  close: () => void;
  /** Begin when there is a reason to. */
  follow: (conversation: Conversation) => void;
}

/** `shown` is called when the chat comes into view. */
export function useFramed(box: Box, shown: () => void): Framed {
  const closable = ref(false);
  const visible = ref(false);
  let conversation: Conversation | null = null;
  let news: (() => void) | null = null;

  const listener: PortalListener = {
    shown: (now) => {
      closable.value = true;
      visible.value = now;
      news?.();
      if (now) shown();
    },
    identified: (token) => {
      conversation?.identify(token);
      news?.();
    },
    forgotten: () => {
      conversation?.forgetPeople();
    },
  };
  const portal = new Portal(listener);

  /** Wait until somebody looks at the chat or `reason` holds: put away, only a conversation that is kept is followed. */
  async function due(reason: () => boolean): Promise<void> {
    while (!visible.value && !reason()) await new Promise<void>((resolve) => (news = resolve));
  }

  async function begin(of: Conversation): Promise<void> {
    await portal.meet();
    if (!portal.present) visible.value = true;
    await due(() => anyFramed(box));
    of.identify(await portal.token({ fresh: false }));
    await due(() => of.remembered);
    of.start();
  }

  function onKeydown(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    // An open dialog of the chat's own takes it for itself.
    if (document.querySelector("dialog[open]") === null) close();
  }

  function close(): void {
    portal.tell({ type: "close" });
  }

  onMounted(() => {
    window.addEventListener("keydown", onKeydown);
  });
  onBeforeUnmount(() => {
    window.removeEventListener("keydown", onKeydown);
    portal.leave();
  });

  return {
    portal,
    closable,
    shown: visible,
    close,
    follow: (of) => {
      conversation = of;
      const { view } = of;
      // What arrives under the reader's eyes is marked as seen in a moment and is not news.
      const told = computed(() => (visible.value ? 0 : unread((view as ChatView).messages, view.seen)));
      watch(told, (count) => portal.tell({ type: "unread", count }));
      void begin(of);
    },
  };
}
