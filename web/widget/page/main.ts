import { createApp } from "vue";

import ChatPanel from "../components/ChatPanel.vue";

// Asked for as a frame and really inside one: opened by hand the address shows the page.
const framed = new URLSearchParams(location.search).has("embed") && window.parent !== window;

createApp(ChatPanel, { framed }).mount("#app");
