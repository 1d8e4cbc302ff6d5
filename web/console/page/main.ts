import { createApp } from "vue";

import ConsoleApp from "../components/ConsoleApp.vue";

createApp(ConsoleApp).mount("#app");
