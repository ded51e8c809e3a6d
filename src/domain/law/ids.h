/* ids: codes that people and enterprises carry, checked as their standards say. Pure.
 *
 * Sources: GB 32100-2015 (unified social credit code), GB 11714 (organisation code inside
 * it), GB 11643-1999 (citizen id), and what is generally known of passports and travel
 * permits. Nothing is silently mended: lower case is refused with a hint, because whoever
 * typed it should look at the licence again. A few USCCs of early 2015 really fail their
 * check character; an officer must override that, this module does not.
 */
#ifndef YZ_DOMAIN_LAW_IDS_H
#define YZ_DOMAIN_LAW_IDS_H

#include "base/date.h"
#include "base/sv.h"

/* What is wrong, or what is unusual, in one Chinese sentence; empty when nothing is. */
struct id_verdict {
    bool ok;
    char problem[200];
    char warning[200];
};

enum id_kind { ID_CITIZEN, ID_PASSPORT, ID_HK_MACAO, ID_TAIWAN, ID_FOREIGN_RESIDENT };

/* "citizen", "passport", "hk_macao", "taiwan", "foreign_resident". */
bool ids_kind(struct sv word, enum id_kind *out);

/* label names the field in the sentences, e.g. "统一社会信用代码". Each returns v->ok. */
bool ids_check_uscc(struct sv s, const char *label, struct id_verdict *v);
/* Includes 港澳台居民居住证 (81, 82, 83). The date of birth must not lie after today. */
bool ids_check_citizen(struct sv s, const char *label, int32_t today, struct id_verdict *v);
bool ids_check_document(enum id_kind kind, struct sv s, const char *label, int32_t today,
                        struct id_verdict *v);
/* Any document of a person or an organisation: for columns like 证件号. */
bool ids_check_any(struct sv s, const char *label, int32_t today, struct id_verdict *v);
/* Mobile number, or landline with area code. */
bool ids_check_phone(struct sv s, const char *label, struct id_verdict *v);
bool ids_check_email(struct sv s, const char *label, struct id_verdict *v);

/* A mainland mobile number, exactly 11 digits: for accounts and messages. */
bool ids_mobile_ok(struct sv s);

/* Check characters; 0 when the input is not of the right alphabet or length. */
char ids_uscc_char(struct sv first17);
char ids_organisation_char(struct sv first8);
char ids_citizen_char(struct sv first17);

#endif
