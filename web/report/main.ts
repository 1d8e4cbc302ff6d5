import { createApp } from "vue";

import ReportPage from "./components/ReportPage.vue";

createApp(ReportPage).mount("#app");
