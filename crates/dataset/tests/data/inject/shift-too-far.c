// expect: 4
unsigned long bit(int n)
{
	unsigned long a = 1UL << n;
	a |= 1UL << 4;
	return a | 1 << n;
}
