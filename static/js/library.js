/** The library, its trash and the page of one asset: each module does one thing to them. */

import { startPanel } from "./asset-panel.js";
import { startCollecting } from "./collections-membership.js";
import { startDropping } from "./collections-drop.js";
import { startCopying } from "./copying.js";
import { startExporting } from "./exporting.js";
import { startLibraryBatches } from "./library-batches.js";
import { startGrid } from "./library-grid.js";
import { startLibraryKeys } from "./library-keys.js";
import { startRefreshing } from "./library-refresh.js";
import { startScrubber } from "./library-scrubber.js";
import { startLeaving } from "./leaving.js";
import { startCompletion } from "./search-completion.js";
import { startPlaceholders } from "./placeholders.js";
import { startScrubbing } from "./scrubbing.js";
import { startRating } from "./rating.js";
import { searchOf } from "./library-search.js";
import { startSelecting } from "./selecting.js";
import { startVideos } from "./videos.js";

startCollecting();
startCompletion();
startCopying();
startLeaving();
startGrid();
startScrubber();
startPlaceholders();
startVideos();
startScrubbing();
startPanel();
startSelecting(() => searchOf().toString());
startLibraryBatches();
startLibraryKeys();
startRating();
startRefreshing();
startExporting();
startDropping();
