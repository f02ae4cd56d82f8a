// expect: 4
void end(char *s, int n, int *a)
{
	s[n] = '\0';
	s[0] = 'a';
	*s = '\0';
	a[n] = 1;
	if (n)
		s[1] = '\0';
}
