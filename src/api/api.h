/* api: decode -> command -> encode. One file per resource; routes.c is THE table. */
#ifndef YZ_API_API_H
#define YZ_API_API_H

#include <stdatomic.h>

#include "http/http.h"
#include "service/account.h"
#include "service/acts.h"
#include "service/draft.h"

enum permission {
    PERM_PUBLIC = 1, PERM_APPLICANT = 2, PERM_CLERK = 4, PERM_REVIEWER = 8, PERM_BUREAU = 16,
    PERM_ADMIN = 32, PERM_GOVERNMENT = 64,
    PERM_FILE = PERM_APPLICANT | PERM_CLERK,
    PERM_SEE = PERM_FILE | PERM_BUREAU | PERM_GOVERNMENT,
    PERM_WATCH = PERM_REVIEWER | PERM_BUREAU | PERM_GOVERNMENT, /* what becomes of permits */
    PERM_HALL = PERM_CLERK | PERM_BUREAU,
    PERM_OFFICE = PERM_CLERK | PERM_REVIEWER | PERM_BUREAU,
    PERM_DESK = PERM_REVIEWER | PERM_BUREAU | PERM_ADMIN | PERM_GOVERNMENT, /* sees drafts */
    PERM_ALL = PERM_SEE | PERM_REVIEWER | PERM_ADMIN | PERM_GOVERNMENT
};

enum { API_BUCKETS = 12 };

struct api {
    struct app *app;
    struct http *http;
    int64_t started_ms;
    _Atomic uint64_t by_class[6];    /* answers by status class */
    _Atomic uint64_t total_us;       /* time spent */
    _Atomic uint64_t bucket[API_BUCKETS]; /* latency histogram */
};

/* Upper bounds in microseconds of all buckets but the last. */
extern const int64_t API_BUCKETS_US[API_BUCKETS - 1];

extern const struct route API_ROUTES[];
extern const size_t API_N_ROUTES;
extern const struct http_hooks API_HOOKS;

/* What authorise found out; rq->user points here. */
struct caller { struct actor actor; struct sv token; int64_t now;
                json_t *changes; /* for a 412: what happened last; owned by the problem */ };

static inline struct api *api_of(const struct request *rq) { return rq->context; }
static inline struct app *app_of(const struct request *rq) { return api_of(rq)->app; }
static inline const struct caller *caller_of(const struct request *rq) { return rq->user; }
/* NULL: anybody, on a public route. */
static inline const struct actor *actor_of(const struct request *rq)
{
    const struct caller *c = caller_of(rq);
    return c ? &c->actor : NULL;
}

/* Answer with JSON (takes v over). */
int api_json(struct request *rq, struct response *rs, int status, json_t *v);
/* Public, and good for some seconds to anybody who keeps it; 200. */
int api_json_shared(struct request *rq, struct response *rs, int seconds, json_t *v);
int api_no_content(struct response *rs);
/* POST {"items":[{id, version}, …]}: `act` for each -> {"results":[{id, DONE, code, detail}]}. A refusal of one
 * refuses no other. */
struct bulk { const char *thing /* 个事项件 */, *done /* accepted */, *verb /* 受理 */; size_t most;
              int (*act)(struct request *rq, const struct command *cmd, int64_t id, struct err *e); };
int api_bulk(struct request *rq, struct response *rs, const struct bulk *b, struct err *e);
/* ETag: "version". */
void api_etag(struct request *rq, struct response *rs, int64_t version);
/* The body as JSON object (freed with the request? no: caller json_decrefs), or NULL with e. An
 * empty body counts as {}. Checks Content-Type. */
json_t *api_body(struct request *rq, struct err *e);
/* Command of this request: actor, time, Idempotency-Key, If-Match. */
int api_command(struct request *rq, struct command *cmd, struct err *e);
/* Before an answer that shows personal data in full: on record when an officer gets it (service/personal.h).
 * fields: labels, taken over. case_id 0: of no case. */
int api_read_personal(struct request *rq, int64_t case_id, const char *place, json_t *fields,
                      const char *why, struct err *e);
/* Labels of the filled fields that are personal; of one permit's questions, or NULL: of all. */
json_t *personal_labels(const struct bundle *b, const json_t *values,
                        const struct permit_type *only);
/* Contacts of the parties of a hearing: of an item, or 0: of any. */
void personal_add_parties(json_t *labels, const struct bundle *b, int64_t item_id);
/* A path parameter as id. */
int api_id(const struct request *rq, size_t param, int64_t *out, struct err *e);
/* ?limit= and a numeric ?cursor= (first if absent). */
int api_page(struct request *rq, int64_t first, int64_t *cursor, int64_t *limit, struct err *e);
/* ?q= as a LIKE pattern "%…%" with wildcards escaped, or "". */
struct sv api_like(struct request *rq);
/* The region that a list of the bureau is limited to: the own one; for the city's bureau ?region=
 * or "" (all). Never empty for a district. */
struct sv api_region(struct request *rq);
/* Set the session's actor if the cookie is good: 1 / 0 / error. */
int api_session(struct request *rq, struct err *e);

/* ---- JSON of things (json_*.c); new references ---- */
struct view { struct app *app; struct arena *arena; int32_t today; const struct actor *actor; };
struct view api_view(struct request *rq);
void put_id(json_t *o, const char *key, int64_t id);
void put_time(json_t *o, const char *key, int64_t ms);   /* null for 0 */
void put_date(json_t *o, const char *key, int32_t date); /* null for DATE_NONE */
void put_text_or_null(json_t *o, const char *key, struct sv s);
void put_pair(json_t *o, const char *key, struct sv code, struct sv name);

json_t *json_clock(const struct law_clock *c);
json_t *json_item(const struct view *v, const struct bundle *b, const struct item_row *i);
json_t *json_attachments(const struct bundle *b, const struct permit_type *only);
/* What the licence library gave instead of uploads, of one permit or of all: [{material, name,
 * state, text, …}]. Texts on a. */
json_t *json_certificates(const struct bundle *b, const struct permit_type *only,
                          struct arena *a);
json_t *json_timeline(const struct bundle *b, const struct item_row *only);
/* Entries of one item (only != NULL) or of the whole notice. */
json_t *json_correction(const struct view *v, const struct bundle *b,
                        const struct item_row *only);
json_t *json_case_summary(const struct view *v, const struct bundle *b);
json_t *json_case(const struct view *v, const struct bundle *b);
json_t *json_item_detail(const struct view *v, struct bundle *b, size_t index);
/* papers.c: of the case (only == NULL), or those that an item's department sees with it. Needs
 * everything loaded but the form. */
json_t *json_papers(const struct view *v, const struct bundle *b, const struct item_row *only);
/* catalog: of the licence's case, for industry and region names. */
json_t *json_licence(const struct view *v, const struct licence_row *l,
                     const struct permit_row *permits, size_t n);
json_t *json_user(const struct view *v, const struct actor *a);
/* licence_papers.c: what can be fetched of it, [{paper, title, type}]. */
struct licence_view;
json_t *json_licence_papers(const struct licence_view *l, struct arena *a);
/* A private file as the answer; disposition NULL: none. The buffer stays the caller's. */
int put_bytes(struct request *rq, struct response *rs, const struct buf *b, const char *type,
              const char *disposition);
/* state of a licence today: valid, expired, void, superseded. */
const char *licence_state(const char *stored, int32_t expires_on, int32_t today);
const char *licence_state_text(const char *state);

/* ---- uploads (forms.c): check, tell the type by content, keep; in this order ---- */
int api_upload_name(struct request *rq, struct new_file *f, struct err *e);
int api_upload_type(struct request *rq, struct new_file *f, struct err *e);
int api_upload_keep(struct request *rq, struct new_file *f, struct err *e);
json_t *api_file_json(struct request *rq, const struct new_file *f, int64_t id, bool duplicate);

/* ---- JSON of the process (json_process.c) ---- */
/* Specials, hearing, extensions, deliveries, events and days of one item, or of the case. */
json_t *json_process(const struct view *v, const struct bundle *b, const struct item_row *only);
/* What changed for a permit since the last answer to a correction (P6): fields with the value they
 * had, materials. NULL version: nothing. */
json_t *json_changed(const struct view *v, const struct bundle *b, const struct permit_type *p);
json_t *json_commitments(const struct bundle *b, const struct permit_type *only);
/* A visit; a department sees the results of its own parts only, of others that they agreed. */
json_t *json_visit(const struct view *v, const struct bundle *b, const struct visit_row *visit);
json_t *json_visits(const struct view *v, const struct bundle *b);
/* Days by holder (P19). */
json_t *json_days(const struct calendar *c, const struct timer *t, int32_t today);

/* "2026-11-23" -> date; "" -> DATE_NONE; else a problem at the pointer. */
void api_date(struct sv text, const char *pointer, int32_t *out, struct err *e);

/* Load and answer with a whole case / item (after a change). */
int api_answer_case(struct request *rq, struct response *rs, int status, int64_t id,
                    struct err *e);
int api_answer_item(struct request *rq, struct response *rs, int64_t id, struct err *e);
/* Before a 412 goes out: add the case's latest acts to it, so that the other is told. */
void api_note_changes(struct request *rq, const struct bundle *b);

/* ---- the catalogue (public.c) ---- */
json_t *json_industry(const struct catalog *c, const struct industry *ind, int32_t today,
                      struct arena *a);
json_t *json_questions(const struct catalog *c, struct sv industry);
/* {guide, notice, form} */
json_t *json_notice_result(const struct catalog *c, const struct guide_result *g,
                           struct sv region, struct arena *a);

/* ---- handlers, by file ---- */
#define HANDLER(name) int name(struct request *rq, struct response *rs, struct err *e)
HANDLER(get_openapi);
HANDLER(get_health);
HANDLER(get_ready);
HANDLER(get_metrics);
HANDLER(get_asset);
HANDLER(get_portal);
HANDLER(get_office);
HANDLER(get_inspect);
HANDLER(get_verifier);
HANDLER(get_trust);
HANDLER(get_status_list);
HANDLER(list_regions);
HANDLER(list_industries);
HANDLER(get_industry);
HANDLER(run_guide);
HANDLER(make_notice);
HANDLER(list_windows);
HANDLER(get_industry_flow);
HANDLER(get_industry_paper);
HANDLER(list_calendars);
HANDLER(get_calendar);
HANDLER(import_calendar);
HANDLER(get_shape);
HANDLER(list_versions);
HANDLER(get_version);
HANDLER(compare_catalogs);
HANDLER(get_figures);
HANDLER(list_drafts);
HANDLER(create_draft);
HANDLER(get_draft);
HANDLER(get_draft_body);
HANDLER(replace_draft);
HANDLER(patch_draft);
HANDLER(act_on_draft);
HANDLER(preview_draft);
HANDLER(rehearse_draft);
HANDLER(get_keys);
HANDLER(get_ledger_head);
HANDLER(get_ledger_proof);
HANDLER(list_ledger_heads);
HANDLER(get_ledger_consistency);
HANDLER(search_register);
HANDLER(get_register_entry);
HANDLER(list_publicity);
HANDLER(get_licence_status);
HANDLER(verify_text);
HANDLER(verify_page);
HANDLER(verify_paper);
HANDLER(request_code);
HANDLER(sign_in_applicant);
HANDLER(sign_in_officer);
HANDLER(get_session);
HANDLER(sign_out);
HANDLER(create_case);
HANDLER(list_cases);
HANDLER(get_case);
HANDLER(delete_case);
HANDLER(change_answers);
HANDLER(get_form);
HANDLER(save_form);
HANDLER(prefill_form);
HANDLER(check_case);
HANDLER(add_attachment);
HANDLER(get_attachment);
HANDLER(remove_attachment);
HANDLER(submit_case);
HANDLER(supplement_case);
HANDLER(withdraw_case);
HANDLER(issue_licence);
HANDLER(get_paper);
HANDLER(list_items);
HANDLER(get_item);
HANDLER(act_on_item);
HANDLER(list_licences);
HANDLER(get_licence);
HANDLER(get_licence_document);
HANDLER(get_licence_paper);
HANDLER(get_licence_qr);
HANDLER(list_licence_versions);
HANDLER(create_licence_case);
HANDLER(reissue_licence);
HANDLER(list_permits_of);
HANDLER(get_permit);
HANDLER(act_on_permit);
HANDLER(get_permit_supervision);
HANDLER(list_supervision);
HANDLER(get_supervision);
HANDLER(act_on_supervision);
HANDLER(acknowledge_supervision);
HANDLER(list_supervised);
HANDLER(export_supervised);
HANDLER(list_messages);
HANDLER(ask_hearing);
HANDLER(deliver_case);
HANDLER(extend_case);
HANDLER(assign_item);
HANDLER(accept_items);
HANDLER(collect_material);
HANDLER(get_pace);
HANDLER(get_case_effect);
HANDLER(list_readings);
HANDLER(get_archive);
HANDLER(archive_case);
HANDLER(get_archive_package);
HANDLER(list_archives);
HANDLER(get_reform);
HANDLER(get_material_paper);
HANDLER(ask_question);
HANDLER(answer_question);
HANDLER(list_questions);
HANDLER(list_public_questions);
HANDLER(get_rating);
HANDLER(rate_case);
HANDLER(reply_rating);
HANDLER(list_ratings);
HANDLER(begin_upload);
HANDLER(get_upload);
HANDLER(send_upload);
HANDLER(drop_upload);
HANDLER(turn_attachment);
HANDLER(list_colleagues);
HANDLER(propose_visit);
HANDLER(list_visits);
HANDLER(get_visit);
HANDLER(act_on_visit);
HANDLER(add_photo);
HANDLER(get_photo);
HANDLER(get_process);
HANDLER(get_board);
HANDLER(read_message);
HANDLER(read_all_messages);
HANDLER(list_dispatches);
HANDLER(retry_dispatch);

#endif
