/** What a shared link shows. */

import { startPlaceholders } from "./placeholders.js";
import { startViewer } from "./shared-viewer.js";
import { startVideos } from "./videos.js";

startPlaceholders();
startVideos();
startViewer();
