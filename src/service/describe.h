/* describe: the tables of acts as data. The page of the rules and docs/process.md are made from it, so
 * that neither can say anything but what the program does. */
#ifndef YZ_SERVICE_DESCRIBE_H
#define YZ_SERVICE_DESCRIBE_H

#include "base/json.h"

/* { item: [row], case: [row], visit: [row] }, each row with from, act, who, kind, needs, to, effect,
 * rule and article, with the Chinese text beside every key. The caller's reference. */
json_t *process_describe(void);

#endif
