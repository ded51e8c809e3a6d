/* guide_paths: what another answer would change, and where an answer that is still open leads. Pure.
 *
 * Both are the same question: solve the guide again with one answer changed and weigh the permits that
 * come out: which they are, which documents must be handed in for them, how long the slowest takes.
 */
#ifndef YZ_DOMAIN_GUIDE_PATHS_H
#define YZ_DOMAIN_GUIDE_PATHS_H

#include "domain/catalog/guide.h"
#include "domain/catalog/guide_core.h"

/* What a set of permits asks for. */
struct guide_weight {
    uint64_t permits;         /* bits of industry->permits; 0 when blocked */
    unsigned char *materials; /* by place in catalog->materials: 1 = to be handed in */
    size_t n_materials;
    int64_t days;             /* promised working days of the slowest */
};

/* One answer changed: what comes and goes against the answers as they are. */
struct guide_change {
    const struct question *question;
    const struct guide_option *option;
    bool on;      /* chosen; false: no longer chosen (multi) */
    bool blocked; /* nothing may be opened here then */
    size_t opens; /* further questions */
    const struct permit_type **added, **removed; size_t n_added, n_removed;
    const struct material **asked, **spared; size_t n_asked, n_spared;
    int64_t days; /* more (or less) than now */
};

/* An open question answered by this option: the whole outcome. */
struct guide_path {
    const struct question *question;
    const struct guide_option *option;
    bool blocked;
    size_t opens;
    const struct permit_type **permits; size_t n_permits;
    size_t n_materials;
    int64_t days;
};

/* Every option of every visible question that is not as it stands. *out on a. */
void guide_changes(const struct catalog *c, const struct guide_result *g, const json_t *context,
                   struct arena *a, struct guide_change **out, size_t *n);

/* For clients (docs/catalog-format.md). New reference. */
json_t *guide_changes_json(const struct guide_change *list, size_t n);

/* Answers with open questions among them. */
struct guide_open {
    const struct industry *ind;
    const uint64_t *answers; /* as given, per question; 0 for the open ones */
    const struct guide_state *now;
    uint64_t unsure;         /* open ones that are visible, bits */
    const json_t *context;
};

/* Options of the open questions, one at a time. *out on a. */
void guide_paths(const struct catalog *c, const struct guide_open *o, struct arena *a,
                 struct guide_path **out, size_t *n);

/* Permits of every answer to the open questions (and to those that such an answer opens): in *any
 * what some answers need, in *all what every answer needs. */
void guide_span(const struct guide_open *o, uint64_t *any, uint64_t *all);

#endif
