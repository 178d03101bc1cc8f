/** The profile page: tokens to copy, the browser's time zone to take over. */

import { startCopying } from "./copying.js";
import "./time-zone.js";

startCopying();
