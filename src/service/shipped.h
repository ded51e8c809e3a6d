/* shipped: the catalogue carried inside the program, and the settings in the database. */
#ifndef YZ_SERVICE_SHIPPED_H
#define YZ_SERVICE_SHIPPED_H

#include "service/app.h"

/* The embedded notices into app->notices. */
int shipped_notices(struct app *app, struct err *e);
/* The text of the catalogue carried inside the program. */
struct sv shipped_catalog_text(void);
/* Make the shipped catalogue the current one unless the database already has a newer one, and
 * load the current one. */
int shipped_catalog(struct app *app, struct err *e);
/* A setting: 1 found, 0 none. out on app's arena. */
int shipped_meta(struct app *app, struct sv key, struct sv *out, struct err *e);
int shipped_set_meta(struct app *app, struct sv key, struct sv value, struct err *e);

/* Used by shipped_catalog: takes c over. */
void app_use_catalog(struct app *app, struct catalog *c);

#endif
