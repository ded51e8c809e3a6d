/* archive: a closed case becomes one package, complete or not at all (R8.2, P31).
 *
 * The package is made and kept among the blobs before the transaction; that one writes row, case and ledger
 * entry together, after checking that the case is still what the package says. It is the file of record, with
 * personal data in clear: whoever reads it is put on record. Layout and checks: docs/archive.md.
 */
#ifndef YZ_SERVICE_ARCHIVE_H
#define YZ_SERVICE_ARCHIVE_H

#include "domain/archive/complete.h"
#include "service/bundle.h"
#include "store/archive_store.h"

enum { ARCHIVE_AFTER_DAYS = 30 /* the clock archives by itself after so many */ };

/* Make the package of a closed case. ERR_INCOMPLETE with everything that is missing; ERR_REFUSED,
 * ERR_CHANGED. */
int case_archive(struct app *app, const struct command *cmd, int64_t case_id, struct err *e);

struct archive_file { struct sv title, piece, piece_text; int32_t date; int64_t size; /* -1: drawn when made */ };
struct archive_state {
    struct case_row row;
    bool closed, archived;       /* closed: nothing is open any more */
    struct archive_row package;  /* when archived */
    struct archive_problem *problems; size_t n_problems; /* of one that is not archived */
    struct archive_file *files; size_t n_files;          /* that are, or will be, in it */
};
/* How a case stands; its window and bureau, else ERR_NOT_FOUND. Files of the store are looked for, not read. */
int archive_state_of(struct app *app, const struct actor *actor, int64_t case_id, int64_t now,
                     struct arena *a, struct archive_state *out, struct err *e);
/* Of one page of closed cases: rows and, for those that wait, what is missing. */
int archive_states(struct app *app, const struct archive_filter *f, int64_t now, struct arena *a,
                   struct archive_state **out, size_t *n, int64_t *total, struct err *e);

/* The package of an archived case, opened for reading; the reading is on record before this returns. */
int archive_open(struct app *app, const struct actor *actor, int64_t case_id, int64_t now,
                 struct arena *a, int *fd, int64_t *size, struct sv *name, struct err *e);

/* ---- exporting (archive_export.c) ---- */
/* Packages of archived cases: of one number or id ("" any), closed before a moment (INT64_MAX any). */
struct archive_choice { struct sv one; int64_t closed_before; };
struct archive_export { struct archive_row row; struct sv number; };
int archive_choose(struct app *app, const struct archive_choice *which, struct arena *a,
                   struct archive_export **out, size_t *n, struct err *e);
/* Into DIR/NUMBER.zip, durably, put on record as a reading. 1 written, 0 was there already, the same to the
 * byte; ERR_CORRUPT when the package is not what was archived. */
int archive_export_one(struct app *app, const struct archive_export *x, const char *dir, int64_t now,
                       struct err *e);

/* Job: archive what was closed app->archive_days ago and is complete, a few cases a turn; 1 = there may be
 * more now. */
int archive_run(struct app *app, int64_t now, struct err *e);

#endif
