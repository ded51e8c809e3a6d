/* yizheng: the one program. */
#include <stdio.h>

int main(void)
{
    puts("yizheng " YZ_VERSION);
    return 0;
}
