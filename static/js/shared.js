/** What a shared link shows. */

import { startPlaceholders } from "./placeholders.js";
import { startVideos } from "./videos.js";

startPlaceholders();
startVideos();
