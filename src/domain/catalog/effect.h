/* effect: 四减, the reform's effect on somebody who opens a shop: materials, visits, steps and
 * days, one permit after the other as before against all of them together (R2.5). Pure.
 *
 * Every figure explains itself: it is the sum of its counted lines, and each line says where its
 * amount comes from and how sure it is. Lines that are not counted stand there to be compared
 * (what need not be handed in, what runs at the same time). What the catalogue does not say is
 * said to be missing; a figure with a missing line has no total, and nothing is saved by it.
 *
 * Before = the permits' baselines (effect.baseline_before). Days before are added up, because
 * the permits were handled in series 串联; after = the longest of them, as they run in parallel.
 */
#ifndef YZ_DOMAIN_CATALOG_EFFECT_H
#define YZ_DOMAIN_CATALOG_EFFECT_H

#include "domain/catalog/form.h"

enum effect_kind { EFFECT_MATERIALS, EFFECT_VISITS, EFFECT_STEPS, EFFECT_DAYS,
                   EFFECT_SITE_VISITS /* beside the four: officers coming to the shop */,
                   EFFECT_KINDS };

struct effect_line {
    struct sv label;
    bool known, counted;
    int64_t amount;        /* 0 unless known */
    struct sv source;      /* where it comes from, a sentence or a part of one */
    struct sv certainty;   /* 示例, 建议值, 确定 … as the catalogue says */
};

struct effect_side {
    struct effect_line *lines; size_t n_lines;
    bool known;            /* every counted line is */
    int64_t total;
    struct sv how;         /* how the total comes about */
};

struct effect_figure { struct effect_side before, after; };

struct reform_effect {
    struct effect_figure figures[EFFECT_KINDS];
    struct sv *missing; size_t n_missing; /* "食品经营许可证：目录没有改革前的材料数" */
};

/* For a set of permits. Text borrows from the catalogue and a. */
void effect_compute(const struct catalog *c, const struct permit_type **permits, size_t n,
                    struct arena *a, struct reform_effect *out);
/* The same of a guide's result; of alternatives 二选一 one counts (guide_at_once). */
void effect_of_guide(const struct catalog *c, const struct guide_result *g, struct arena *a,
                     struct reform_effect *out);

const char *effect_figure_key(enum effect_kind k);  /* materials visits steps days site_visits */
const char *effect_figure_name(enum effect_kind k); /* 材料 … */
const char *effect_figure_unit(enum effect_kind k); /* 份 次 步 个工作日 次 */
/* Per cent less, 0 when unknown. */
int effect_percent(const struct effect_figure *f);

/* docs/catalog-format.md; null without permits. New reference. */
json_t *effect_to_json(const struct reform_effect *e);
json_t *effect_guide_json(const struct catalog *c, const struct guide_result *g);

#endif
