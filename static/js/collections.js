/** Collections and the page of one: each module does one thing to them. */

import { startAssetForm } from "./asset-form.js";
import { startPanel } from "./asset-panel.js";
import { startCollecting } from "./collections-membership.js";
import { startPicking } from "./collections-picking.js";
import { startDropping } from "./collections-drop.js";
import { startCopying } from "./copying.js";
import { startExporting } from "./exporting.js";
import { startLeaving } from "./leaving.js";
import { startMenu } from "./collections-menu.js";
import { startOrdering } from "./collections-order.js";
import { startTouchOrdering } from "./collections-touch.js";
import { startPlaceholders } from "./placeholders.js";
import { startRating } from "./rating.js";
import { startRefusals } from "./refusals.js";
import { startScrubbing } from "./scrubbing.js";
import { startCompletion } from "./search-completion.js";
import { startVideos } from "./videos.js";

startCollecting();
startPicking();
startCopying();
startExporting();
startLeaving();
startPlaceholders();
startVideos();
startScrubbing();
startCompletion();
startAssetForm();
startPanel();
startRefusals();
startRating();
const shelf = document.querySelector(".shelf--ordered");
if (shelf) {
  startOrdering(shelf);
  startTouchOrdering(shelf);
  startMenu();
}
startDropping();
