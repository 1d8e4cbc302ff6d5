import { createApp } from "vue";

import ChatPanel from "../components/ChatPanel.vue";
import { takeArrival } from "./arrival";

// Before anything else: a token does not stay in the address bar.
const arrival = takeArrival();

// Asked for as a frame and really inside one: opened by hand the address shows the page.
const framed = new URLSearchParams(location.search).has("embed") && window.parent !== window;

createApp(ChatPanel, { framed, arrival }).mount("#app");
