import { mount } from "@vue/test-utils";
import { expect, test, vi } from "vitest";
import { nextTick, ref } from "vue";

import { useTitleCount } from "../components/titleCount";

test("what came while nobody looked stands in the title, and only then", async () => {
  document.title = "助手";
  const unread = ref(0);
  const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
  const page = mount({ setup: () => useTitleCount(() => unread.value), render: () => null });
  unread.value = 1;
  await nextTick();
  expect(document.title).toBe("助手");
  visibility.mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  unread.value = 2;
  await nextTick();
  expect(document.title).toBe("（2）助手");
  visibility.mockReturnValue("visible");
  document.dispatchEvent(new Event("visibilitychange"));
  expect(document.title).toBe("助手");
  page.unmount();
});
