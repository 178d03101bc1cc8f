/** The workspace page: each module does one thing to it. */

import { startActions } from "./actions.js";
import { startCopying } from "./copying.js";
import { startFilters } from "./filters.js";
import { startGroups } from "./groups.js";
import { startLightbox } from "./lightbox.js";
import { startLive } from "./live.js";
import { startPlaceholders } from "./placeholders.js";
import { startPromptBar } from "./prompt-bar.js";
import { startRail } from "./rail.js";
import { startRecall } from "./recall.js";
import { startBatches } from "./batches.js";
import { startSelecting } from "./selecting.js";
import { startShortcuts } from "./shortcuts.js";
import { startTileMenu } from "./tile-menu.js";
import { startUndoKey } from "./undo-key.js";
import { startVideos } from "./videos.js";
import "./cycle-toggle.js";
import "./range-field.js";
import "./reference-box.js";

startGroups();
startFilters();
startActions();
startTileMenu();
startVideos();
startPlaceholders();
startRail();
startPromptBar();
startRecall();
startLightbox();
startCopying();
startUndoKey();
startShortcuts();
startSelecting();
startBatches();
startLive();
