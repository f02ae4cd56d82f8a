// expect: 4
char *name(int n)
{
	static char text[8];
	static char other[8];
	text[0] = other[0] = n;
	return text;
}
