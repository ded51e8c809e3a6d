/* guide: answers -> exactly the permits needed (R2.1), each with the reason why. Pure. */
#ifndef YZ_DOMAIN_GUIDE_H
#define YZ_DOMAIN_GUIDE_H

#include "domain/catalog/catalog.h"

struct guide_reason {            /* one reason why something is in, or would drop out */
    const struct question *question; /* NULL: by the catalogue's mode or a system rule */
    const struct guide_option *option;
    struct sv text;              /* Chinese sentence */
};

struct guide_permit {
    const struct permit_type *permit;
    const struct industry_permit *listing;
    struct guide_reason *why; size_t n_why;
    struct guide_reason *drops_out; size_t n_drops_out; /* answers that would remove it */
    bool maybe;                  /* depends on a question that is still open */
};

struct guide_path;

struct guide_related { const struct related *related; const struct question *question;
                       const struct guide_option *option; };

struct guide_result {
    const struct industry *industry;
    bool complete;  /* every visible question answered */
    bool blocked;   /* an answer forbids opening here; see notes */
    const struct question **visible; size_t n_visible;  /* in order, under these answers */
    const struct question **missing; size_t n_missing;  /* visible and unanswered */
    const struct question **unsure; size_t n_unsure;    /* visible, answered with "?" */
    struct guide_path *paths; size_t n_paths;      /* of the unsure ones: guide_paths.h */
    struct guide_permit *permits; size_t n_permits;     /* in the industry's order */
    struct guide_related *related; size_t n_related;
    const struct sv *redirects; size_t n_redirects;     /* industry codes */
    struct guide_reason *notes; size_t n_notes;         /* option notes; warnings and blocks too */
    json_t *prefill; /* new reference: merged field code -> value; caller json_decrefs */
    const uint64_t *selected; /* per question of the industry, in order: bit i = option i */
};

/* answers: {"I01-Q1":["A"], ...}. Unknown questions or options, several answers to a single
 * question, or wrong types are problems (pointer "/answers/<code>"). context overrides
 * members of the catalogue's context (may be NULL). Unanswered questions are not an error:
 * the result is what the answers so far lead to. ["?"] = "I do not know": the permits are then
 * those of every possible answer, the ones that depend on it marked maybe, and paths says where each
 * answer leads; such a result is not complete. Allocates on a. 0 or ERR_INVALID. */
int guide_run(const struct catalog *c, const struct industry *ind, const json_t *answers,
              const json_t *context, struct arena *a, struct guide_result *out, struct err *e);

/* Of a list of permits, what can be asked for at once: of a group 二选一 no more than its max, those
 * with the longest promised time. Keeps the order; the rest goes behind. How many stay. */
size_t guide_at_once(const struct industry *ind, const struct permit_type **list, size_t n);

/* The result for clients (docs/catalog-format.md). New reference. */
json_t *guide_to_json(const struct catalog *c, const struct guide_result *g, struct sv region);

#endif
