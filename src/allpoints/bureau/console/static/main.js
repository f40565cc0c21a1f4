// What every page needs. Without any of it the pages are plain links and forms, and work.
import "./keys.js";
import "./live.js";
import "./drafts.js";
import "./undo.js";
import "./clocks.js";
import "./problems.js";
import "./dialogs.js";
import "./passkeys.js";
import "./scan.js";
import "./progress.js";
