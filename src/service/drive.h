/* drive: what officers do with a case, step by step, through the real use cases: for demonstration
 * data, the simulated year and load tests. It decides nothing that a person would not. */
#ifndef YZ_SERVICE_DRIVE_H
#define YZ_SERVICE_DRIVE_H

#include "service/acts.h"

struct drive {
    struct app *app;
    const struct actor *officers; size_t n_officers;
};

/* The n-th reviewer (from 0) of a department; NULL. */
const struct actor *drive_reviewer(const struct drive *d, struct sv department, int n);
/* Somebody of a role in a region; NULL. */
const struct actor *drive_role(const struct drive *d, enum role role, struct sv region);

/* Let the departments of a case agree on a visit today, hold it and write down this result
 * ("pass", "rectify", "fail"; rectify: until `rectify_by`). 1 done, 0 nothing to inspect yet. */
int drive_visit(const struct drive *d, int64_t case_id, int64_t now, const char *result,
                int32_t rectify_by, struct err *e);
/* Collect this sample paper for every promised material of a case and let an officer confirm it on
 * site: one write-down each. Returns how many. */
int drive_promises(const struct drive *d, int64_t case_id, const struct sm3_hash *paper,
                   int64_t paper_size, int64_t now, struct err *e);
/* Hand over at the window what waits in a case. 1 done, 0 nothing waits. */
int drive_deliver(const struct drive *d, int64_t case_id, int64_t now, struct err *e);
/* The next step of the hearing that a permit must have, if it may be taken today: tell, ask ex
 * officio, announce, hold. 1 a step was taken, 0 nothing to do today. */
int drive_hearing(const struct drive *d, int64_t item_id, int64_t now, struct err *e);
/* A simple act of the n-th reviewer of the item's department on the item as it is now. */
int drive_act(const struct drive *d, int64_t item_id, int n, enum act act,
              const struct act_input *in, int64_t now, struct err *e);

/* ---- an application (drive_file.c) ---- */

/* The sample file that stands for every material: kept once. */
int drive_paper(struct app *app, struct sm3_hash *paper, int64_t *size, struct err *e);
struct drive_filing {
    const struct actor *who, *owner; /* who files; owner: for whom, when who is a clerk */
    const struct industry *industry;
    struct sv region;
    int64_t variant, n;              /* of the answers; which sample enterprise */
    bool promise, draft;             /* promise one material where allowed; do not send */
    struct sm3_hash paper;
    int64_t paper_size, now;
};
int drive_file(const struct drive *d, const struct drive_filing *in, int64_t *id, struct err *e);

#endif
