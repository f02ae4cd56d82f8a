// expect: 7
int length(const char *s)
{
	int i = 0, j = 0;
	while (s[i]) {
		j++;
		i++;
	}
	return i + j;
}
