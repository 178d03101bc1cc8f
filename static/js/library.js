/** The library, its trash and the page of one asset: each module does one thing to them. */

import { startCopying } from "./copying.js";
import { startLeaving } from "./leaving.js";
import { startCompletion } from "./search-completion.js";
import { startPlaceholders } from "./placeholders.js";
import { startVideos } from "./videos.js";

startCompletion();
startCopying();
startLeaving();
startPlaceholders();
startVideos();
