/* supervise: JSON of supervision, shared by its handlers (supervision.c, json_supervise.c). */
#ifndef YZ_API_SUPERVISE_H
#define YZ_API_SUPERVISE_H

#include "api/api.h"
#include "service/supervise.h"

/* New references. */
json_t *json_supervision(const struct view *v, const struct supervision_entry *x);
json_t *json_supervision_detail(const struct view *v, const struct supervision_view *x);
json_t *json_supervised(const struct view *v, const struct supervised_row *x);
json_t *json_supervision_counts(const struct supervision_counts *n);

#endif
