/** Collections and the page of one: each module does one thing to them. */

import { startCollecting } from "./collections-membership.js";
import { startCopying } from "./copying.js";
import { startLeaving } from "./leaving.js";
import { startOrdering } from "./collections-order.js";
import { startPlaceholders } from "./placeholders.js";
import { startVideos } from "./videos.js";

startCollecting();
startCopying();
startLeaving();
startPlaceholders();
startVideos();
const shelf = document.querySelector(".shelf--ordered");
if (shelf) startOrdering(shelf);
