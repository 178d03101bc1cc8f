/** The workspace page: each module does one thing to it. */

import { startActions } from "./actions.js";
import { startCopying } from "./copying.js";
import { startFilters } from "./filters.js";
import { startEnhancement } from "./enhancement.js";
import { startGroups } from "./groups.js";
import { startLightbox } from "./lightbox.js";
import { startLive } from "./live.js";
import { startLooks } from "./looks.js";
import { startPlaceholders } from "./placeholders.js";
import { startPromptBar } from "./prompt-bar.js";
import { startPromptMemory } from "./prompt-memory.js";
import { startQueuePanel } from "./queue-panel.js";
import { startRail } from "./rail.js";
import { startRecall } from "./recall.js";
<<<<<<< HEAD
import { startRecalled } from "./recalled.js";
=======
import { startShortcuts } from "./shortcuts.js";
>>>>>>> main
import { startSeedDice } from "./seed-dice.js";
import { startStrengthLabels } from "./strength-label.js";
import { startTileMenu } from "./tile-menu.js";
import { startUndoKey } from "./undo-key.js";
import { startVideos } from "./videos.js";
import "./cycle-toggle.js";
import "./range-field.js";
import "./reference-box.js";
import "./term-weights.js";

startGroups();
startFilters();
startActions();
startTileMenu();
startVideos();
startPlaceholders();
startRail();
startPromptBar();
startEnhancement();
startLooks();
startSeedDice();
startQueuePanel();
startPromptMemory();
startRecalled();
startStrengthLabels();
startRecall();
startLightbox();
startCopying();
startUndoKey();
startShortcuts();
startLive();
