/* bundle: a case with what belongs to it, loaded together, and the questions that use cases and
 * pages ask of it. Read-only; changes go through the use cases. */
#ifndef YZ_SERVICE_BUNDLE_H
#define YZ_SERVICE_BUNDLE_H

#include "service/app.h"

enum bundle_part { WITH_ITEMS = 1, WITH_FORM = 2, WITH_FILES = 4, WITH_CORRECTION = 8,
                   WITH_TIMELINE = 16, WITH_PERMITS = 32,
                   WITH_VISITS = 64,      /* joint inspections, their parts */
                   WITH_COMMITMENTS = 128,
                   WITH_PROCESS = 256,    /* clock events, special procedures, hearings, … */
                   WITH_ALL = 511 };

struct round_rows { struct correction_row row; struct entry_row *entries; size_t n; };

struct bundle {
    struct case_row row;
    struct sv clerk_name;
    struct item_row *items; size_t n_items;
    json_t *answers, *values, *commitments; /* owned; freed by bundle_done */
    json_t *before; /* values that the licence of a case about one rests on so far; NULL = none. Owned. */
    json_t *draft; /* values being changed for a correction; NULL = none. Owned. */
    json_t *marks, *certificates; /* with the form: where values and materials came from, see
                                   * service/prefill.h. Owned. */
    json_t *shared; /* by bundle_resolve: form.shared. Owned. */
    struct attachment_row *files; size_t n_files;
    bool has_correction;
    struct correction_row correction;
    struct entry_row *entries; size_t n_entries;
    struct round_rows *rounds; size_t n_rounds; /* every correction with its entries, in order */
    struct timeline_row *timeline; size_t n_timeline;
    struct permit_row *permits; size_t n_permits; /* granted in this case */
    struct permit_event_row *permit_events; size_t n_permit_events; /* theirs, in order */
    struct licence_status licence; /* of row.licence_number as it is now; with the permits */
    struct visit_row *visits; size_t n_visits;
    struct part_row *parts; size_t n_parts;
    struct commitment_row *commitment_rows; size_t n_commitments;
    struct clock_event_row *events; size_t n_events;
    struct special_row *specials; size_t n_specials;
    struct hearing_row *hearings; size_t n_hearings;
    struct extension_row *extensions; size_t n_extensions;
    struct delivery_row *deliveries; size_t n_deliveries;
    struct photo_row *photos; size_t n_photos;
    bool has_version; struct form_version_row version; /* before the last answer */
    struct form_version_row *versions; size_t n_versions;    /* before each answer, in order */
    struct ban_row *bans; size_t n_bans; /* of the holder, on the day of submission or later */
    const struct catalog *catalog;
    const struct industry *industry;
    struct guide_result guide; /* by bundle_resolve */
    struct form form;          /* by bundle_resolve */
    const struct permit_type **types; size_t n_types; /* permits of the form, in order */
};

/* Load inside a read or write transaction. 1 / 0 / negative. bundle_done afterwards, always. */
int bundle_load(struct app *app, struct db_conn *c, int64_t case_id, unsigned parts,
                struct arena *a, struct bundle *out, struct err *e);
/* The same in a snapshot of its own; ERR_NOT_FOUND when absent or not visible to actor. */
int bundle_open(struct app *app, const struct actor *actor, int64_t case_id, unsigned parts,
                struct arena *a, struct bundle *out, struct err *e);
/* For a reviewer with at least one item in the case; loads items too. */
int bundle_open_for_reviewer(struct app *app, const struct actor *actor, int64_t case_id,
                             unsigned parts, struct arena *a, struct bundle *out, struct err *e);
void bundle_done(struct bundle *b);

/* Guide and form: of the answers while a draft, of the items once submitted. Needs the form. */
int bundle_resolve(struct bundle *b, struct arena *a, struct err *e);

/* May this person see the case? (Reviewers go through their items.) */
bool case_visible(const struct catalog *c, const struct actor *actor, const struct case_row *row);
/* May this person fill and send it (the applicant, or the clerk who keeps it)? */
bool case_owned(const struct actor *actor, const struct case_row *row);

/* Draft, or an issued correction waits for an answer. */
bool bundle_editable(const struct bundle *b);

struct case_facts bundle_facts(const struct bundle *b);
/* Derive state, open and total counts into row from items. */
void bundle_derive(struct bundle *b, int64_t now);

/* P17: decided or issued, and nobody has recorded that it arrived. */
static inline bool item_undelivered(const struct item_row *i)
{
    return (i->state == ITEM_GRANTED || i->state == ITEM_DENIED) && i->delivered_on == DATE_NONE;
}
static inline bool licence_undelivered(const struct case_row *row)
{
    return row->licence_number.n > 0 && row->licence_delivered_on == DATE_NONE;
}

/* The clock that runs for an item on a day (kind NONE when closed). */
void item_clock(const struct app *app, const struct bundle *b, const struct item_row *i,
                int32_t today, struct law_clock *out);
/* Set due_on / yellow_on of the stricter of the item's own clock and the joint one (P15, P16). */
void item_set_clock(const struct app *app, const struct bundle *b, struct item_row *i);
/* The joint clock of the case on a day (P16). */
void case_joint_clock(const struct app *app, const struct case_row *row, int32_t today,
                      struct law_clock *out);
/* Find by id in what is loaded, or NULL. */
const struct special_row *bundle_special(const struct bundle *b, int64_t id);
struct hearing_row *bundle_hearing(const struct bundle *b, int64_t item_id);
/* The newest visit that is not cancelled, or NULL; its part for an item, or NULL. */
struct visit_row *bundle_visit(const struct bundle *b);
struct part_row *bundle_part(const struct bundle *b, int64_t visit_id, int64_t item_id);
/* Of the holder, for this permit, on a day (P33). NULL: none. */
const struct ban_row *bundle_ban(const struct bundle *b, struct sv permit, int32_t on);

/* SM3 (hex, on a) of what a department sees of the case: its values and files (P6). */
struct sv item_digest(const struct bundle *b, const struct permit_type *p, struct arena *a);

/* Handed in for a correction whose answer is not sent yet: like the form's draft, departments do
 * not see it (P6). Needs the correction. */
bool bundle_file_unsent(const struct bundle *b, const struct attachment_row *f);
/* {"M-X": count} of the live files. New reference. */
json_t *bundle_have(const struct bundle *b);
/* Form value of a field as text ("" none). */
struct sv bundle_value(const struct bundle *b, const char *code);

/* Codes of shared form fields that the platform itself reads. */
#define F_ENT_NAME "F_ENT_NAME"
#define F_USCC "F_USCC"
#define F_LEGAL_NAME "F_LEGAL_NAME"
#define F_ADDR "F_ADDR"
#define F_REGION "F_REGION"
#define F_TRUTH "F_TRUTH"

#endif
