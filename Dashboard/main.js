// The page starts here: mount the shell, then bring back whoever is still signed in.
import { createApp } from "./vendor/vue.js";
import { App } from "./app.js";
import { resumeSession } from "./api/session.js";
import { startRouter } from "./router.js";

startRouter();
resumeSession();
createApp(App).mount("#app");
