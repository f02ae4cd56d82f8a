/* A header whose inline functions are warned about where they are included. */
static inline int clamp(int value, unsigned limit)
{
	if (value > limit)
		return limit;
}
