/* prepare: data for the benchmarks, made through the program's own services (not measured). */
#ifndef YZ_BENCH_PREPARE_H
#define YZ_BENCH_PREPARE_H

#include "service/account.h"
#include "service/app.h"

struct person { struct actor actor; char token[TOKEN_TEXT]; char csrf[CSRF_TEXT]; };

struct bench_case { int64_t id, version; int64_t items[8], versions[8]; struct sv departments[8];
                    size_t n_items; };

struct scene {
    struct app *app;
    struct arena *arena;
    struct person applicant, bureau;
    struct person *reviewers; size_t n_reviewers; /* two of each department, then the window's bureau */
    struct bench_case *cases; size_t n_cases;
};

/* n filled drafts of a supermarket with four permits. */
int scene_drafts(struct scene *s, size_t n, struct err *e);
int scene_people(struct scene *s, struct err *e);
const struct person *scene_reviewer(const struct scene *s, struct sv department);

/* Let the departments hold the one visit of a case that they have accepted, and read anew what the
 * acts that follow must match. */
int scene_visit(struct scene *s, struct bench_case *c, struct err *e);

/* n licences straight into the table (numbers licence_number(150302, 1 + i / 99999, 2025, 1 + i % 99999)). */
int fill_licences(struct app *app, int64_t n, struct err *e);

/* The rows of one submission with nothing around them, in batches of 100: rows per second of
 * whole submissions on a fresh database at path. */
double raw_submissions(struct app *app, const char *path, size_t n, struct err *e);

#endif
