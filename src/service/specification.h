/* specification: what the files of the work specification share. Private to specification*.c. */
#ifndef YZ_SERVICE_SPECIFICATION_H
#define YZ_SERVICE_SPECIFICATION_H

#include "service/handouts.h"
#include "service/paper_parts.h"

struct spec {
    struct letter *l;
    const struct handout *h;
    const struct guide_result *g; /* all permits of the industry */
    const struct permit_type **permits; size_t n_permits;
    struct form form;
    unsigned chapters;
};

/* "三、…", numbered. */
void spec_chapter(struct spec *s, const char *title);
/* text, with （待核定） or （较确定） when it is not certain; "" stays "". */
struct sv spec_sure(struct spec *s, struct sv text, enum certainty c);
/* Names of permits; 全部 when it is all of several. */
struct sv spec_names(struct spec *s, const struct permit_type **list, size_t n);

/* specification_permit.c: chapters about the permits. */
void spec_permits(struct spec *s);
void spec_fields(struct spec *s);
void spec_materials(struct spec *s);
void spec_checks(struct spec *s);
void spec_tolerance(struct spec *s);
void spec_numbers(struct spec *s);

#endif
