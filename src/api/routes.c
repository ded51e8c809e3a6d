/* routes: THE table. A test compares it with openapi/openapi.json in both directions.
 *
 * Every row names its permission; there is no default. KB limits are of the body. The pages at
 * the end are not operations of the API (operation "").
 */
#include "api/api.h"

#define KB 1024u
#define UPLOAD_LIMIT (50u * 1024 * KB)
#define ACT (ROUTE_IDEMPOTENT)

const struct route API_ROUTES[] = {
    { "GET", "/api/openapi.json", get_openapi, PERM_PUBLIC, 0, ROUTE_INLINE, "getOpenapi" },
    { "GET", "/healthz", get_health, PERM_PUBLIC, 0, ROUTE_INLINE, "getHealth" },
    { "GET", "/readyz", get_ready, PERM_PUBLIC, 0, 0, "getReady" },
    { "GET", "/metrics", get_metrics, PERM_PUBLIC, 0, 0, "getMetrics" },

    { "GET", "/api/v1/regions", list_regions, PERM_PUBLIC, 0, 0, "listRegions" },
    { "GET", "/api/v1/industries", list_industries, PERM_PUBLIC, 0, 0, "listIndustries" },
    { "GET", "/api/v1/industries/{code}", get_industry, PERM_PUBLIC, 0, 0, "getIndustry" },
    { "POST", "/api/v1/industries/{code}/guide", run_guide, PERM_PUBLIC, 64 * KB, 0, "runGuide" },
    { "POST", "/api/v1/industries/{code}/notice", make_notice, PERM_PUBLIC, 64 * KB, 0,
      "makeNotice" },
    { "GET", "/api/v1/windows", list_windows, PERM_PUBLIC, 0, 0, "listWindows" },
    { "GET", "/api/v1/calendars", list_calendars, PERM_PUBLIC, 0, 0, "listCalendars" },
    { "GET", "/api/v1/calendars/{region}/{year}", get_calendar, PERM_PUBLIC, 0, 0,
      "getCalendar" },
    { "POST", "/api/v1/calendars/{region}/{year}", import_calendar, PERM_ADMIN, 256 * KB, 0,
      "importCalendar" },
    { "GET", "/api/v1/keys", get_keys, PERM_PUBLIC, 0, 0, "getKeys" },
    { "GET", "/api/v1/ledger/head", get_ledger_head, PERM_PUBLIC, 0, 0, "getLedgerHead" },
    { "GET", "/api/v1/ledger/proof", get_ledger_proof, PERM_PUBLIC, 0, 0, "getLedgerProof" },
    { "GET", "/api/v1/licences/{number}/status", get_licence_status, PERM_PUBLIC, 0, ROUTE_INLINE,
      "getLicenceStatus" },
    { "POST", "/api/v1/verify", verify_text, PERM_PUBLIC, 16 * KB, 0, "verifyText" },

    { "POST", "/api/v1/codes", request_code, PERM_PUBLIC, 4 * KB, 0, "requestCode" },
    { "POST", "/api/v1/session/applicant", sign_in_applicant, PERM_PUBLIC, 4 * KB, 0,
      "signInApplicant" },
    { "POST", "/api/v1/session/officer", sign_in_officer, PERM_PUBLIC, 4 * KB, 0,
      "signInOfficer" },
    { "GET", "/api/v1/session", get_session, PERM_PUBLIC, 0, 0, "getSession" },
    { "DELETE", "/api/v1/session", sign_out, PERM_ALL, 0, 0, "signOut" },

    { "POST", "/api/v1/cases", create_case, PERM_FILE, 64 * KB, ACT, "createCase" },
    { "GET", "/api/v1/cases", list_cases, PERM_SEE, 0, 0, "listCases" },
    { "GET", "/api/v1/cases/{id}", get_case, PERM_SEE, 0, 0, "getCase" },
    { "DELETE", "/api/v1/cases/{id}", delete_case, PERM_FILE, 0, 0, "deleteCase" },
    { "PUT", "/api/v1/cases/{id}/answers", change_answers, PERM_FILE, 64 * KB, 0,
      "changeAnswers" },
    { "GET", "/api/v1/cases/{id}/form", get_form, PERM_FILE, 0, 0, "getForm" },
    { "PUT", "/api/v1/cases/{id}/form", save_form, PERM_FILE, 300 * KB, 0, "saveForm" },
    { "POST", "/api/v1/cases/{id}/check", check_case, PERM_FILE, 4 * KB, 0, "checkCase" },
    { "POST", "/api/v1/cases/{id}/attachments", add_attachment, PERM_FILE, UPLOAD_LIMIT,
      ROUTE_UPLOAD, "addAttachment" },
    { "GET", "/api/v1/cases/{id}/attachments/{aid}", get_attachment, PERM_SEE | PERM_REVIEWER, 0,
      0, "getAttachment" },
    { "DELETE", "/api/v1/cases/{id}/attachments/{aid}", remove_attachment, PERM_FILE, 0, 0,
      "removeAttachment" },
    { "POST", "/api/v1/cases/{id}/submit", submit_case, PERM_FILE, 4 * KB, ACT, "submitCase" },
    { "POST", "/api/v1/cases/{id}/supplement", supplement_case, PERM_FILE, 4 * KB, ACT,
      "supplementCase" },
    { "POST", "/api/v1/cases/{id}/withdraw", withdraw_case, PERM_FILE, 16 * KB, ACT,
      "withdrawCase" },
    { "POST", "/api/v1/cases/{id}/issue", issue_licence, PERM_BUREAU, 4 * KB, ACT,
      "issueLicence" },
    { "GET", "/api/v1/cases/{id}/papers/{paper}", get_paper, PERM_SEE | PERM_REVIEWER, 0, 0,
      "getPaper" },

    { "POST", "/api/v1/cases/{id}/hearing", ask_hearing, PERM_FILE, 4 * KB, ACT, "askHearing" },
    { "POST", "/api/v1/cases/{id}/deliver", deliver_case, PERM_FILE | PERM_BUREAU, 16 * KB, ACT,
      "deliverCase" },
    { "POST", "/api/v1/cases/{id}/extend", extend_case, PERM_GOVERNMENT, 4 * KB, ACT,
      "extendCase" },
    { "POST", "/api/v1/cases/{id}/visits", propose_visit, PERM_OFFICE, 8 * KB, ACT,
      "proposeVisit" },

    { "GET", "/api/v1/visits", list_visits, PERM_OFFICE, 0, 0, "listVisits" },
    { "GET", "/api/v1/visits/{id}", get_visit, PERM_OFFICE, 0, 0, "getVisit" },
    { "POST", "/api/v1/visits/{id}/acts/{act}", act_on_visit, PERM_OFFICE, 8 * KB, ACT,
      "actOnVisit" },
    { "POST", "/api/v1/visits/{id}/photos", add_photo, PERM_REVIEWER, UPLOAD_LIMIT, ROUTE_UPLOAD,
      "addPhoto" },
    { "GET", "/api/v1/visits/{id}/photos/{pid}", get_photo, PERM_OFFICE, 0, 0, "getPhoto" },

    { "GET", "/api/v1/items", list_items, PERM_OFFICE | PERM_GOVERNMENT, 0, 0, "listItems" },
    { "POST", "/api/v1/items/accept", accept_items, PERM_REVIEWER, 16 * KB, ACT, "acceptItems" },
    { "GET", "/api/v1/items/{id}", get_item, PERM_REVIEWER | PERM_BUREAU | PERM_GOVERNMENT, 0, 0,
      "getItem" },
    { "POST", "/api/v1/items/{id}/assign", assign_item, PERM_REVIEWER, 4 * KB, 0, "assignItem" },
    { "POST", "/api/v1/items/{id}/attachments", collect_material, PERM_REVIEWER, UPLOAD_LIMIT,
      ROUTE_UPLOAD, "collectMaterial" },
    { "GET", "/api/v1/colleagues", list_colleagues, PERM_REVIEWER, 0, 0, "listColleagues" },
    { "GET", "/api/v1/board", get_board, PERM_CLERK | PERM_BUREAU | PERM_GOVERNMENT, 0, 0,
      "getBoard" },
    { "GET", "/api/v1/process", get_process, PERM_PUBLIC, 0, 0, "getProcess" },
    { "POST", "/api/v1/items/{id}/acts/{act}", act_on_item, PERM_REVIEWER, 128 * KB, ACT,
      "actOnItem" },

    { "GET", "/api/v1/licences", list_licences, PERM_SEE | PERM_REVIEWER, 0, 0, "listLicences" },
    { "GET", "/api/v1/licences/{number}", get_licence, PERM_SEE | PERM_REVIEWER, 0, 0,
      "getLicence" },
    { "GET", "/api/v1/licences/{number}/document.pdf", get_licence_document, PERM_SEE, 0, 0,
      "getLicenceDocument" },
    { "GET", "/api/v1/licences/{number}/qr.svg", get_licence_qr, PERM_SEE, 0, 0, "getLicenceQr" },

    { "GET", "/api/v1/messages", list_messages, PERM_ALL, 0, 0, "listMessages" },
    { "POST", "/api/v1/messages/read-all", read_all_messages, PERM_ALL, 4 * KB, 0,
      "readAllMessages" },
    { "POST", "/api/v1/messages/{id}/read", read_message, PERM_ALL, 4 * KB, 0, "readMessage" },
    { "GET", "/api/v1/dispatches", list_dispatches, PERM_BUREAU | PERM_ADMIN, 0, 0,
      "listDispatches" },
    { "POST", "/api/v1/dispatches/{id}/retry", retry_dispatch, PERM_ADMIN, 4 * KB, 0,
      "retryDispatch" },

    { "GET", "/v/{short}", verify_page, PERM_PUBLIC, 0, ROUTE_CASELESS, "verifyPage" },
    { "GET", "/v", verify_page, PERM_PUBLIC, 0, ROUTE_CASELESS, "verifyEntry" },

    { "GET", "/assets/{file}", get_asset, PERM_PUBLIC, 0, ROUTE_INLINE | ROUTE_PREFIX, "" },
    { "GET", "/office", get_office, PERM_PUBLIC, 0, ROUTE_INLINE, "" },
    { "GET", "/office/{page}", get_office, PERM_PUBLIC, 0, ROUTE_INLINE | ROUTE_PREFIX, "" },
    { "GET", "/{page}", get_portal, PERM_PUBLIC, 0, ROUTE_INLINE | ROUTE_PREFIX, "" },
};
const size_t API_N_ROUTES = sizeof API_ROUTES / sizeof API_ROUTES[0];
