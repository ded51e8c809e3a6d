/* archive_parts: what a package is made of. Private to src/service/archive*.c.
 *
 * archive_gather reads a case in one snapshot and says what happened (facts) and which files its package
 * will have (parts), without drawing any; archive_fill makes the bytes, outside any transaction.
 */
#ifndef YZ_SERVICE_ARCHIVE_PARTS_H
#define YZ_SERVICE_ARCHIVE_PARTS_H

#include "domain/archive/layout.h"
#include "service/ledger.h"
#include "service/licence.h"
#include "service/papers.h"
#include "store/archive_store.h"

enum archive_source { FROM_MAKER, FROM_PAPER, FROM_BLOB, FROM_LICENCE };

struct archive_part {
    struct archive_piece piece;
    enum archive_source source;
    struct sv title, media_type, path; /* path: in the package */
    struct sv original;                /* name that an upload had */
    int32_t date;                      /* DATE_NONE: none */
    int64_t item_id;
    struct paper paper;                /* FROM_PAPER */
    const struct licence_view *view;   /* FROM_LICENCE: drawn from this, under this name */
    struct sv name;
    const char *file;                  /* FROM_BLOB: where it lies */
    struct sv bytes;                   /* the others, once filled */
    struct sm3_hash sm3; int64_t size; /* FROM_BLOB: as registered */
};

struct archive_case {
    struct app *app;
    struct arena *arena;
    int64_t now;
    struct bundle b;                   /* everything of it */
    bool archived;
    struct archive_row row;            /* when archived */
    struct licence_view *versions; size_t n_versions; /* that this case made, as issued */
    struct licence_view permits;       /* granted or changed by this case, as they were then */
    struct archive_fact *facts; size_t n_facts, cap_facts;
    struct archive_part *parts; size_t n_parts, cap_parts;
    struct archive_problem *problems; size_t n_problems;
};

/* The case, its facts, the files that there will be, and what is missing. Files of the store are only
 * looked for. 1 / 0 no such case / negative. archive_case_done afterwards, always. */
int archive_gather(struct app *app, int64_t case_id, int64_t now, struct arena *a,
                   struct archive_case *out, struct err *e);
void archive_case_done(struct archive_case *x);
/* Compare what is there with what must be: problems anew. */
void archive_judge(struct archive_case *x);

/* Make every part's bytes; files of the store are read through: one that is not what it was registered as is
 * taken out of the parts, so that archive_judge names it. head: signed, covers all acts of the case. */
int archive_fill(struct archive_case *x, const struct tree_head_row *head, struct err *e);
/* manifest.json over filled parts, on the arena. */
struct sv archive_manifest(const struct archive_case *x, const struct tree_head_row *head,
                           struct sv key_id);

/* ---- archive_papers.c, archive_record.c: the writers of single parts ---- */
int archive_form_paper(struct archive_case *x, struct buf *out, struct err *e);
json_t *archive_form_data(const struct archive_case *x, const json_t *values);
json_t *archive_metadata(const struct archive_case *x);
json_t *archive_log(const struct archive_case *x);
int archive_proofs(const struct archive_case *x, const struct tree_head_row *head, json_t **out,
                   struct err *e);
json_t *archive_head(const struct tree_head_row *head);
void archive_readme(const struct archive_case *x, struct buf *out);
void archive_contents(const struct archive_case *x, struct buf *out);

#endif
