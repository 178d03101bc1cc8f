/** The page of uploads, imports and exports. */

import { startExporting } from "./exporting.js";
import "./uploads.js";

startExporting();
