/* office: the catalogue office 目录管理 (R1.3, R1.4): drafts, review, publishing, figures, rehearsal.
 *
 * A draft is one whole document in a row of the database; every change of it is a command guarded
 * by If-Match and an act in the log, so who changed what when can be proven. It may have problems
 * while it is edited, not when it is submitted. Publishing makes it a version like the shipped ones:
 * new cases are filed under it, earlier cases keep theirs. It takes effect on its day by itself
 * (office_run), on every node within a second, whether or not servers ran at midnight.
 */
#ifndef YZ_SERVICE_OFFICE_H
#define YZ_SERVICE_OFFICE_H

#include "domain/catalog/contradict.h"
#include "domain/catalog/diff.h"
#include "domain/catalog/edition.h"
#include "domain/catalog/form.h"
#include "service/app.h"
#include "store/catalog_store.h"

enum { OFFICE_BODY_MAX = 16 * 1024 * 1024 };

/* Who may change the catalogue: the city's approval bureau. */
bool office_may_edit(const struct app *app, const struct actor *actor);

/* ---- drafts (office_draft.c) ---- */
/* From a version ("" = the one in force), under a new version of its own. */
int office_create(struct app *app, const struct command *cmd, struct sv title, struct sv from,
                  int64_t *id, struct err *e);
/* The whole document. A version that was published before is replaced by the draft's own. */
int office_replace(struct app *app, const struct command *cmd, int64_t id, const json_t *doc,
                   struct err *e);
/* Step by step: domain/catalog/patch.h. */
int office_patch(struct app *app, const struct command *cmd, int64_t id, const json_t *ops,
                 struct err *e);
struct office_input {
    struct sv reason;
    struct sv key;   /* explain: which contradiction */
    struct sv batch; /* publish, schedule: its industries are offered from that day; "" = none */
    int32_t on;      /* publish: that day; DATE_NONE = today */
};
/* Every other act; publishing on a later day schedules. */
int office_act(struct app *app, const struct command *cmd, int64_t id, enum act act,
               const struct office_input *in, struct err *e);
int office_find(struct app *app, int64_t id, struct arena *a, struct catalog_draft_row *out,
                struct err *e);

/* ---- looking at a draft (office_review.c) ---- */
struct office_review {
    struct err problems;             /* of the document; n_problems == 0: sound */
    struct contradictions list;      /* none while there are problems */
    bool *known;                     /* per contradiction: the base has it, too */
    json_t *reasons;                 /* owned: key -> {reason, by, at} */
    size_t unexplained;
    unsigned facts;                  /* of the table, without what comes with an act */
};
/* Everything that holds of a draft for this actor. office_review_done afterwards, always. */
int office_review(struct app *app, const struct catalog_draft_row *row, const struct actor *actor,
                  struct arena *a, struct office_review *out, struct err *e);
void office_review_done(struct office_review *r);

/* A document by name: "v:<version>" or "d:<draft id>"; new reference, NULL with e. */
json_t *office_document(struct app *app, struct sv name, struct arena *a, struct err *e);
/* A draft's catalogue for preview, borrowed until desk_give(app->desk, …); NULL with e: ERR_INVALID and
 * its problems while it has any. */
const struct catalog *office_catalog(struct app *app, int64_t id, struct err *e);

/* ---- taking effect (office_publish.c) ---- */
/* The job of every node: publish what is due, follow the version in force. */
int office_run(struct app *app, int64_t now, struct err *e);
/* Make the version in force the one in use on this node, if it is not yet. */
int office_follow(struct app *app, struct err *e);
/* In a write transaction: the draft becomes the version in force; the day of its batch
 * is written into row->body. */
int office_put_version(struct db_conn *c, struct catalog_draft_row *row, int64_t now,
                       struct arena *a, struct err *e);

/* ---- files (office_file.c) ---- */
/* The document as an Excel workbook. */
int office_to_xlsx(const json_t *doc, struct buf *out, struct err *e);
/* A JSON or Excel file as a document (new reference), NULL with every problem named by place:
 * JSON pointer, or sheet, row and column. Problems that only the loader finds are included. */
json_t *office_read_file(struct sv bytes, bool xlsx, struct arena *a, struct err *e);

/* ---- rehearsal (office_rehearse.c) ---- */
struct rehearsal_diff { const struct permit_type **permits; size_t n_permits;
                        const struct material **materials; size_t n_materials; };
struct rehearsed {
    int64_t case_id;
    struct sv number, industry, region, version;
    struct sv hindrance; /* why the draft gives no answer: industry gone, questions new; "" = none */
    bool changed;
    struct rehearsal_diff added, removed;
    int64_t days_before, days_after; /* the longest of its permits, promised */
    size_t fields_before, fields_after;
};
struct rehearsal { struct rehearsed *cases; size_t n; int64_t next; /* 0: no more */ };
/* How past cases (ids below `before`, newest first) would have come out under the draft. Reads one
 * snapshot, writes nothing. The result points into catalog (and versions), which must outlive it. */
int office_rehearse(struct app *app, const struct catalog *catalog, struct sv industry,
                    int64_t before, int64_t limit, struct arena *a, struct rehearsal *out,
                    struct err *e);

#endif
