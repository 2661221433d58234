import axios from 'axios';

const API_BASE = 'https://your-domain.com/api';
let authToken = null;

// Login
async function login(username, password) {
  const response = await axios.post(`${API_BASE}/auth/login`, {
    username,
    password
  });
  authToken = response.data.access_token;
  return response.data;
}

// Get Dashboard Overview
async function getDashboard() {
  const response = await axios.get(`${API_BASE}/dashboard/overview`, {
    headers: { 'Authorization': `Bearer ${authToken}` }
  });
  return response.data;
}

// Get Period Stats for All Partners
async function getAllPartnersStats(startDate, endDate) {
  const response = await axios.get(`${API_BASE}/all-partners/period-stats`, {
    params: { start_date: startDate, end_date: endDate },
    headers: { 'Authorization': `Bearer ${authToken}` }
  });
  return response.data;
}
