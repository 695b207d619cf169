<?php
// Half of a merge: the parser says where it lost its way, and reads the rest.
function before(): string { return $_GET['q']; }
$price = = 3;
function after(): string { return 'still read'; }
