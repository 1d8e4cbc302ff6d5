import { createApp } from "vue";

import ChatPanel from "../components/ChatPanel.vue";

createApp(ChatPanel).mount("#app");
